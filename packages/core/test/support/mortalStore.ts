import type { OutboxStore } from '../../src/index.js';

/** A store as one process sees it: from its death on, it hears nothing more, not even of what it had asked for. */
export function mortalStore(inner: OutboxStore) {
  let isDead = false;
  const never = new Promise<never>(() => {});
  async function alive<T>(call: () => Promise<T>): Promise<T> {
    if (isDead) return never;
    try {
      const value = await call();
      return isDead ? never : value;
    } catch (error) {
      if (isDead) return never;
      throw error;
    }
  }
  const store: OutboxStore = {
    name: inner.name,
    append: (records) => alive(() => inner.append(records)),
    read: (options) => alive(() => inner.read(options)),
    remove: (records) => alive(() => inner.remove(records)),
    usage: () => alive(() => inner.usage()),
    close: async () => {},
  };
  return {
    store,
    die() {
      isDead = true;
    },
    get isDead() {
      return isDead;
    },
  };
}
