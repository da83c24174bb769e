import { readFileSync } from 'node:fs';

const TARGETS_MB = { gateway: 140, baseline: undefined, allinone: undefined };
const SERVICE_MB = 110;

/**
 * The memory that each process uses now, and the most it should use after 200,000 requests, in MB of a million bytes.
 * @returns by process; without `resident_mb` on systems without /proc, without `target_mb` where none is set
 */
export function readMemory(processes) {
  return processes.map(({ name, pid }) => ({
    name,
    resident_mb: residentMb(pid),
    target_mb: name in TARGETS_MB ? TARGETS_MB[name] : SERVICE_MB,
  }));
}

function residentMb(pid) {
  try {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return (Number(kibibytes) * 1024) / 1e6;
  } catch {
    return undefined;
  }
}
