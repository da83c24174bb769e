/* global clearTimeout, setTimeout */
import { isBank, matches, operationKey } from './api-document.js';
import { createRoleParts } from './role-panel.js';

/**
 * What the page adds to swagger-ui: roles, the bank, a filter by text, names for its fields.
 * @param {{operations: Map, resolve: (path: string[]) => unknown, store: object, session: object, outcome: object, answered: (path: string, verb: string, response: object) => void}} page
 */
export function createPlugin({ operations, resolve, store, session, outcome, answered }) {
  return ({ React }) => {
    const h = React.createElement;
    const { RoleMark, RolePanel } = createRoleParts({ React, store, session, outcome });
    const factsOf = (verb, path) => operations.get(operationKey(verb, path));

    const withMark = (Original) => function PathWithMark(props) {
      const facts = factsOf(props.operationProps.get('method'), props.operationProps.get('path'));
      return h(React.Fragment, null, h(Original, props), facts && h(RoleMark, { facts }));
    };

    const withRoles = (Original) => function ParametersWithRoles(props) {
      const { pathMethod, specActions, specSelectors, parameters } = props;
      const facts = factsOf(pathMethod[1], pathMethod[0]);
      const part = React.useRef(null);
      const { bank } = React.useSyncExternalStore(store.subscribe, store.get);
      const given = React.useRef(undefined);
      React.useEffect(() => {
        const parameter = parameters.find((one) => isBank(one.get('name'), one.get('in')));
        if (parameter === undefined) return;
        const value = specSelectors.parameterWithMetaByIdentity(pathMethod, parameter)?.get('value');
        // What the caller typed there stays.
        if (value === bank || (value && value !== given.current)) return;
        given.current = bank;
        specActions.changeParamByIdentity(pathMethod, parameter, bank === '' ? null : bank, false);
      });
      React.useLayoutEffect(() => nameFields(part.current));
      return h('div', { ref: part }, facts && h(RolePanel, { facts }), h(Original, props));
    };

    const withName = (Original) => function NamedTag(props) {
      return h('div', { ref: (part) => part?.querySelector('.expand-operation')?.setAttribute('aria-label', `Operations of ${props.tag}`) }, h(Original, props));
    };

    function Filter({ layoutActions, layoutSelectors }) {
      const [text, setText] = React.useState(soughtIn(layoutSelectors));
      const timer = React.useRef(undefined);
      const change = ({ target }) => {
        setText(target.value);
        clearTimeout(timer.current);
        // Not with every letter: each time all operations are looked through and drawn.
        timer.current = setTimeout(() => layoutActions.updateFilter(target.value.trim()), 200);
      };
      return h('div', { className: 'filter-bar wrapper', role: 'search' },
        h('label', { htmlFor: 'filter' }, 'Filter'),
        h('input', { id: 'filter', type: 'search', autoComplete: 'off', placeholder: 'tag, path, name or role', value: text, onChange: change }));
    }

    return {
      wrapComponents: { OperationSummaryPath: withMark, parameters: withRoles, OperationTag: withName, FilterContainer: () => Filter, ServersContainer: () => () => null },
      fn: {
        opsFilter: (tags, sought) => keepMatching(tags, sought, factsOf),
        resolveSubtree: async (_document, path) => ({ errors: [], spec: resolve(path) }),
      },
      statePlugins: {
        layout: { wrapSelectors: { isShown: openWhileFiltering } },
        spec: {
          wrapActions: {
            setResponse: (original) => (path, verb, response) => {
              answered(path, verb, response);
              return original(path, verb, response);
            },
          },
        },
      },
    };
  };
}

function keepMatching(tags, sought, factsOf) {
  return tags
    .map((tag) => tag.update('operations', (list) => list.filter((one) => matches(factsOf(one.get('method'), one.get('path'))?.words ?? '', sought))))
    .filter((tag) => tag.get('operations').size > 0);
}

/** swagger-ui's filter is also just on or off. */
function soughtIn(layoutSelectors) {
  const filter = layoutSelectors.currentFilter();
  return typeof filter === 'string' ? filter : '';
}

/** What is found is shown, not only the heading it stands under. */
function openWhileFiltering(original, system) {
  return (_state, thing, otherwise) => {
    const filtering = thing[0] === 'operations-tag' && soughtIn(system.layoutSelectors) !== '';
    return original(thing, filtering || otherwise);
  };
}

/** swagger-ui's fields have no labels of their own. */
function nameFields(part) {
  for (const field of part.querySelectorAll('input, select, textarea')) {
    if (field.labels.length > 0 || field.hasAttribute('aria-label')) continue;
    const row = field.closest('tr[data-param-name]');
    field.setAttribute('aria-label', row === null ? 'Request body' : row.dataset.paramName);
  }
}
