import { UnitOfWork } from '@mikro-orm/postgresql';

/** The parts of the ORM's unit of work that end a command. */
interface Flushing {
  working: boolean;
  doCommit(): Promise<void>;
  postCommitCleanup(): void;
}

/**
 * Makes the ORM flush without its AsyncLocalStorage, which tells a flush inside an entity's hook from a concurrent one. We
 * have neither; but on Node 20, after its first use, its hooks slow down every promise of the process for good.
 */
export function flushWithoutHooks(): void {
  UnitOfWork.prototype.commit = async function (this: unknown) {
    const unit = this as Flushing;
    if (unit.working) throw new Error('an entity manager flushes once at a time');
    unit.working = true;
    try {
      await unit.doCommit();
    } finally {
      unit.postCommitCleanup();
      unit.working = false;
    }
  };
}
