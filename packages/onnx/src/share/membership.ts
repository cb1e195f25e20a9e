import { randomName } from '../randomName.js';
import { Following } from './following.js';
import type { HostedCalls } from './hostedCalls.js';
import { Leadership } from './leadership.js';
import type { Names } from './names.js';
import type { Locks, Surroundings } from './surroundings.js';
import { TabLock } from './tabLock.js';
import { TabServer } from './tabServer.js';
import type { WaitingCall } from './waitingCall.js';

export interface MembershipOptions {
  readonly surroundings: Surroundings;
  readonly locks: Locks;
  readonly names: Names;
  readonly calls: ReadonlyMap<string, WaitingCall>;
  readonly interval: number;
  readonly patience: number;
  /** This tab leads: gives what answers the calls of all. */
  readonly onLeading: (tab: string) => HostedCalls;
  /** It does not any more: another tab took over. This is over. */
  readonly onDeposed: () => void;
  /** Nothing can be shared from here. This is over. */
  readonly onRefused: () => void;
  /** A model is not loaded any more where calls are answered; without one, another tab answers from now on. */
  readonly onGone: (identity?: string) => void;
}

/** A tab's part among those that share, from its coming until it leaves: follower first, then leader. */
export class Membership {
  readonly #options: MembershipOptions;
  /** One visit of this tab. */
  readonly #tab = randomName();
  readonly #lock: TabLock;
  readonly #leadership: Leadership;
  #following: Following | undefined;
  #server: TabServer | undefined;
  #isOver = false;

  /** Throws where there are no channels. */
  constructor(options: MembershipOptions) {
    this.#options = options;
    const { surroundings, locks, names, calls, interval, patience } = options;
    this.#following = new Following({
      surroundings,
      names,
      tab: this.#tab,
      calls,
      interval,
      patience,
      onGone: options.onGone,
      // Whoever leads has hung or is frozen. When it wakes, it finds that it does not lead any more.
      onSilence: () => this.#leadership.takeOver(),
    });
    this.#leadership = new Leadership({
      locks,
      name: names.lead,
      onLeading: () => this.#lead(),
      onDeposed: () => this.#give(options.onDeposed),
      onRefused: () => this.#give(options.onRefused),
    });
    this.#lock = new TabLock(locks, names.tab(this.#tab));
    this.#leadership.queue();
    this.#lock.held.then(
      () => this.#following?.begin(),
      () => this.#give(options.onRefused),
    );
  }

  send(call: WaitingCall): void {
    this.#following?.send(call);
  }

  forget(call: string, isAborted: boolean): void {
    this.#following?.forget(call, isAborted);
  }

  /** As the leader: a model is not loaded any more. */
  tellGone(identity: string): void {
    this.#server?.tellGone(identity);
  }

  /** Others lead, and answer, from now on. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#following?.close();
    this.#following = undefined;
    this.#server?.close();
    this.#leadership.end();
    this.#lock.release();
  }

  #lead(): void {
    const { surroundings, locks, names, onLeading } = this.#options;
    this.#following?.close();
    this.#following = undefined;
    const hosted = onLeading(this.#tab);
    this.#server = new TabServer({ surroundings, locks, names, tab: this.#tab, hosted });
  }

  #give(over: () => void): void {
    if (this.#isOver) return;
    this.end();
    over();
  }
}
