import { encodeError } from '../transport/errorCodec.js';
import { checkedCall } from './checkedArgument.js';
import type { HostedCalls } from './hostedCalls.js';
import type { FromLeader, ToLeader } from './messages.js';
import { readToLeader } from './readMessages.js';
import type { Wire } from './surroundings.js';

type CallMessage = Extract<ToLeader, { kind: 'call' }>;

/** Another tab, seen from the leader: answers the calls that come from it. */
export class ServedTab {
  readonly #tab: string;
  readonly #line: Wire;
  readonly #hosted: HostedCalls;
  readonly #running = new Map<string, AbortController>();
  #isClosed = false;

  constructor(tab: string, line: Wire, hosted: HostedCalls) {
    this.#tab = tab;
    this.#line = line;
    this.#hosted = hosted;
    line.onmessage = ({ data }) => {
      const message = readToLeader(data);
      if (message !== undefined) this.#hear(message);
    };
  }

  welcome(): void {
    this.#say({ kind: 'welcome' });
  }

  tellGone(identity: string): void {
    this.#say({ kind: 'gone', identity });
  }

  /** Says nothing any more, and cancels what it runs for the tab. */
  close(): void {
    this.#isClosed = true;
    this.#line.close();
    for (const running of this.#running.values()) {
      running.abort(new DOMException('Nobody waits for it in this tab any more', 'AbortError'));
    }
  }

  #hear(message: ToLeader): void {
    if (message.kind === 'beat')
      this.#say({ kind: 'alive', beat: message.beat, calls: [...this.#running.keys()] });
    else if (message.kind === 'cancel')
      this.#running.get(message.call)?.abort(new DOMException('Cancelled by its tab', 'AbortError'));
    else if (!this.#running.has(message.call)) void this.#answer(message);
  }

  async #answer(message: CallMessage): Promise<void> {
    const { call } = message;
    const controller = new AbortController();
    this.#running.set(call, controller);
    let answer: FromLeader;
    try {
      answer = { kind: 'result', call, value: await this.#run(message, controller.signal) };
    } catch (error) {
      answer = { kind: 'failure', call, error: encodeError(error) };
    }
    // Forgotten only with its answer on the way: a call that is neither known nor answered is sent again.
    this.#running.delete(call);
    try {
      this.#say(answer);
    } catch (error) {
      this.#say({ kind: 'failure', call, error: encodeError(error) });
    }
  }

  async #run(message: CallMessage, signal: AbortSignal): Promise<unknown> {
    const { call, priority, startAnyway, wantsProgress } = message;
    const { method, argument } = checkedCall(message.method, message.argument);
    return this.#hosted.call(this.#tab, method, argument, {
      signal,
      priority,
      startAnyway,
      onBegun: () => this.#say({ kind: 'begun', call }),
      onProgress: wantsProgress ? (progress) => this.#say({ kind: 'progress', call, progress }) : undefined,
    });
  }

  /** Throws for a value that cannot be cloned. */
  #say(message: FromLeader): void {
    if (!this.#isClosed) this.#line.postMessage(message);
  }
}
