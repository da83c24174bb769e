import { hashAt, sealsAfter, unchainedEntries } from './chain.sql.js';
import { chainBegins, chained } from './sealer.js';

/** Runs a statement of the journal's database; the session's time zone must be UTC. */
export type Query = <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** What is wrong with a bank's chain. */
export interface ChainFault {
  readonly bank_id: string;
  /** The number of the entry; for a missing seal, that of the next one. */
  readonly number: number;
  readonly fault: 'changed' | 'removed' | 'added' | 'cut off';
}

/** The end of a bank's chain. */
export interface ChainHead {
  readonly bank_id: string;
  readonly place: number;
  /** Hexadecimal. */
  readonly hash: string;
}

export interface Verification {
  readonly entries: number;
  readonly heads: readonly ChainHead[];
  /** The first fault of each chain, and entries that are in none. */
  readonly faults: readonly ChainFault[];
}

interface SealRow {
  readonly bank_id: string;
  /** bigint as text. */
  readonly place: string;
  readonly number: string;
  readonly hash: Buffer;
  readonly digest: Buffer | null;
}

const pageRows = 5_000;

/**
 * Walks the chains of all banks. Whoever can write all tables can also write a new chain: only a checkpoint that was
 * kept elsewhere shows that.
 * @param known heads of an earlier verification, which must still be in the chains
 * @param progress called with the number of entries so far
 */
export async function verifyChains(
  query: Query,
  known: readonly ChainHead[] = [],
  progress: (entries: number) => void = () => undefined,
): Promise<Verification> {
  const heads = new Map<string, ChainHead>();
  const faults = new Map<string, ChainFault>();
  let entries = 0;
  let last: readonly [string, number] = ['', 0];
  for (let rows: SealRow[]; (rows = await query<SealRow>(sealsAfter, [...last, pageRows])).length > 0;) {
    for (const row of rows) {
      const head = heads.get(row.bank_id);
      const fault = faultOf(row, head);
      if (fault !== undefined && !faults.has(row.bank_id))
        faults.set(row.bank_id, { bank_id: row.bank_id, number: Number(row.number), fault });
      heads.set(row.bank_id, { bank_id: row.bank_id, place: Number(row.place), hash: row.hash.toString('hex') });
    }
    entries += rows.length;
    progress(entries);
    const { bank_id, place } = rows.at(-1) as SealRow;
    last = [bank_id, Number(place)];
  }
  const added = await query<{ bank_id: string; number: string }>(unchainedEntries);
  return {
    entries,
    heads: [...heads.values()],
    faults: [
      ...faults.values(),
      ...added.map(({ bank_id, number }) => ({ bank_id, number: Number(number), fault: 'added' as const })),
      ...(await cutOff(query, known)),
    ],
  };
}

function faultOf(row: SealRow, head: ChainHead | undefined): ChainFault['fault'] | undefined {
  if (Number(row.place) !== (head?.place ?? 0) + 1 || row.digest === null) return 'removed';
  const before = head === undefined ? chainBegins : Buffer.from(head.hash, 'hex');
  return chained(before, row.digest).equals(row.hash) ? undefined : 'changed';
}

async function cutOff(query: Query, known: readonly ChainHead[]): Promise<ChainFault[]> {
  const faults: ChainFault[] = [];
  for (const { bank_id, place, hash } of known) {
    const [found] = await query<{ hash: Buffer }>(hashAt, [bank_id, place]);
    if (found?.hash.toString('hex') !== hash) faults.push({ bank_id, number: place, fault: 'cut off' });
  }
  return faults;
}
