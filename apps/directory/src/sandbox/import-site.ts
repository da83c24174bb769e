import type { SandboxAtm, SandboxBranch } from '@platform/messages';
import { checkItem, checkKnown, checkNewId, checkUnique, refuse, required } from './import-fault.js';

const limits = { hours: 2000 };

/** Checks the branches or the ATMs of an import. @throws ObpFailure OBP-10001 naming the place */
export function checkSites(
  list: 'branches' | 'atms',
  sites: readonly (SandboxBranch | SandboxAtm)[],
  banks: ReadonlySet<string>,
): void {
  sites.forEach((site, index) => {
    const place = `${list}[${index}]`;
    required(`${place}.address`, site.address);
    required(`${place}.meta.license`, required(`${place}.meta`, site.meta).license);
    const { latitude, longitude } = required(`${place}.location`, site.location);
    checkItem(place, site, limits);
    checkNewId(`${place}.id`, site.id);
    checkKnown(`${place}.bank_id`, site.bank_id, banks, 'a bank');
    if (!(Math.abs(latitude) <= 90)) refuse(`${place}.location.latitude`, 'must be -90 to 90.');
    if (!(Math.abs(longitude) <= 180)) refuse(`${place}.location.longitude`, 'must be -180 to 180.');
  });
  checkUnique(list, sites, 'id', ({ bank_id, id }) => `${bank_id}/${id}`);
}
