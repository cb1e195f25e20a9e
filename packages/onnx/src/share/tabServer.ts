import type { HostedCalls } from './hostedCalls.js';
import type { SquareMessage } from './messages.js';
import type { Names } from './names.js';
import { readSquareMessage } from './readMessages.js';
import { ServedTab } from './servedTab.js';
import type { Locks, Surroundings, Wire } from './surroundings.js';
import { watchTab } from './tabLock.js';

export interface TabServerOptions {
  readonly surroundings: Surroundings;
  readonly locks: Locks;
  readonly names: Names;
  /** This tab. */
  readonly tab: string;
  readonly hosted: HostedCalls;
}

interface Served {
  readonly line: ServedTab;
  readonly stopWatching: () => void;
}

/** The leader's side: says that it leads, and serves every tab that asks. */
export class TabServer {
  readonly #options: TabServerOptions;
  readonly #square: Wire;
  readonly #served = new Map<string, Served>();

  /** Throws where there are no channels. */
  constructor(options: TabServerOptions) {
    this.#options = options;
    const { surroundings, names } = options;
    this.#square = surroundings.openWire(names.square);
    this.#square.onmessage = ({ data }) => {
      const message = readSquareMessage(data);
      if (message?.kind === 'ask') this.#welcome(message.tab);
    };
    this.#sayWhoLeads();
  }

  tellGone(identity: string): void {
    for (const { line } of this.#served.values()) line.tellGone(identity);
  }

  close(): void {
    this.#square.close();
    for (const tab of [...this.#served.keys()]) this.#drop(tab);
  }

  #welcome(tab: string): void {
    // A tab that does not know yet who leads does not hear on its line; one that does asks again.
    this.#sayWhoLeads();
    const served = this.#served.get(tab) ?? this.#serve(tab);
    served.line.welcome();
  }

  #serve(tab: string): Served {
    const { surroundings, locks, names, tab: leader, hosted } = this.#options;
    const served: Served = {
      line: new ServedTab(tab, surroundings.openWire(names.line(leader, tab)), hosted),
      stopWatching: watchTab(locks, names.tab(tab), () => {
        this.#drop(tab);
        hosted.gone(tab);
      }),
    };
    this.#served.set(tab, served);
    return served;
  }

  #drop(tab: string): void {
    const served = this.#served.get(tab);
    this.#served.delete(tab);
    served?.stopWatching();
    served?.line.close();
  }

  #sayWhoLeads(): void {
    this.#square.postMessage({ kind: 'lead', leader: this.#options.tab } satisfies SquareMessage);
  }
}
