/** The field that says at which bank calls are made and roles are judged. */
export function connectBankField({ document, store, session, outcome }) {
  const field = document.getElementById('bank');
  const list = document.getElementById('banks');
  field.addEventListener('change', () => {
    const bank = field.value.trim();
    session.choose(bank);
    const { banks } = store.get();
    if (bank !== '' && banks.every(({ id }) => id !== bank)) outcome.say(`There is no bank ${bank} yet.`, 'hint');
  });
  let shown;
  const show = ({ bank, banks }) => {
    if (document.activeElement !== field || field.value.trim() === '') field.value = bank;
    field.placeholder = banks.length === 0 ? 'none yet' : 'any';
    if (shown === banks) return;
    shown = banks;
    list.replaceChildren(...banks.map(({ id, full_name }) => Object.assign(document.createElement('option'), { value: id, label: full_name || id })));
  };
  store.subscribe(show);
  show(store.get());
}
