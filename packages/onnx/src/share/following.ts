import { answerWaiting } from './answerWaiting.js';
import { Heartbeat } from './heartbeat.js';
import type { FromLeader, SquareMessage, ToLeader } from './messages.js';
import type { Names } from './names.js';
import { readFromLeader, readSquareMessage } from './readMessages.js';
import { SentCalls } from './sentCalls.js';
import { unreadable, unsendable } from './sharingErrors.js';
import type { Surroundings, Wire } from './surroundings.js';
import type { WaitingCall } from './waitingCall.js';

export interface FollowingOptions {
  readonly surroundings: Surroundings;
  readonly names: Names;
  /** This tab. */
  readonly tab: string;
  /** All that wait for an answer, by id. Kept by the caller: the next leader may be this tab. */
  readonly calls: ReadonlyMap<string, WaitingCall>;
  readonly interval: number;
  readonly patience: number;
  /** A model is not loaded any more where calls are answered; without one, another tab answers from now on. */
  readonly onGone: (identity?: string) => void;
  /** The leader, if there is one, does not answer any more. */
  readonly onSilence: () => void;
}

interface Line {
  readonly leader: string;
  readonly wire: Wire;
}

/**
 * A tab that does not lead: finds out who does, and has its calls answered there. Each new leader is sent all of them:
 * what the one before was about to answer is not known, and a run changes nothing.
 */
export class Following {
  readonly #options: FollowingOptions;
  readonly #square: Wire;
  readonly #heartbeat: Heartbeat;
  readonly #sent = new SentCalls();
  /** To a tab that said that it leads. The calls go there once it has welcomed this tab. */
  #candidate: Line | undefined;
  #leader: Line | undefined;
  #isHere = false;

  /** Throws where there are no channels. */
  constructor(options: FollowingOptions) {
    this.#options = options;
    const { surroundings, names, calls, interval, patience, onSilence } = options;
    this.#square = surroundings.openWire(names.square);
    this.#square.onmessage = ({ data }) => {
      const message = readSquareMessage(data);
      if (message?.kind === 'lead') this.#hearOf(message.leader);
    };
    this.#heartbeat = new Heartbeat({
      interval,
      patience,
      isNeeded: () => calls.size > 0,
      ask: (beat, unanswered) => {
        this.#say({ kind: 'beat', beat });
        // It may no longer be the leader, and what the new one said be missed.
        if (this.#leader === undefined || unanswered > 1) this.#ask();
      },
      onSilence,
    });
    this.#heartbeat.start();
  }

  /** The tab holds its lock, by which a leader knows that it is there. */
  begin(): void {
    this.#isHere = true;
    this.#ask();
  }

  send(call: WaitingCall): void {
    this.#heartbeat.start();
    const { id, method, argument, options } = call;
    if (this.#leader === undefined) return;
    this.#sent.note(id, this.#heartbeat.asked);
    const message: ToLeader = {
      kind: 'call',
      call: id,
      method,
      argument,
      priority: options.priority ?? 'user',
      startAnyway: options.startAnyway === true,
      wantsProgress: options.onProgress !== undefined,
    };
    try {
      this.#say(message);
    } catch (error) {
      call.fail(unsendable(error));
    }
  }

  /** The call has settled. */
  forget(call: string, isAborted: boolean): void {
    if (this.#sent.forget(call) && isAborted) this.#say({ kind: 'cancel', call });
  }

  close(): void {
    this.#heartbeat.stop();
    this.#square.close();
    this.#candidate?.wire.close();
    this.#leader?.wire.close();
  }

  #ask(): void {
    if (this.#isHere) this.#tellSquare({ kind: 'ask', tab: this.#options.tab });
  }

  #hearOf(leader: string): void {
    if (!this.#isHere || this.#leader?.leader === leader || this.#candidate?.leader === leader) return;
    this.#candidate?.wire.close();
    const { surroundings, names, tab } = this.#options;
    const line: Line = { leader, wire: surroundings.openWire(names.line(leader, tab)) };
    this.#candidate = line;
    line.wire.onmessage = ({ data }) => {
      const message = readFromLeader(data);
      if (message !== undefined) this.#hear(line, message);
    };
    // It hears this tab, too, from then on.
    this.#ask();
  }

  #hear(line: Line, message: FromLeader): void {
    this.#heartbeat.heard();
    if (message.kind === 'welcome') this.#follow(line);
    else if (message.kind === 'alive') this.#sendMissing(message);
    else if (message.kind === 'gone') this.#options.onGone(message.identity);
    else {
      const call = this.#options.calls.get(message.call);
      if (call !== undefined) answerWaiting(call, message);
    }
  }

  #follow(line: Line): void {
    if (this.#leader === line) return;
    this.#leader?.wire.close();
    this.#candidate = undefined;
    this.#leader = line;
    this.#sent.clear();
    this.#options.onGone();
    for (const call of this.#options.calls.values()) this.send(call);
  }

  /** What was sent before the leader was asked, and is neither known there nor answered, has been lost. */
  #sendMissing({ beat, calls }: Extract<FromLeader, { kind: 'alive' }>): void {
    for (const id of this.#sent.missing(beat, new Set(calls))) {
      const call = this.#options.calls.get(id);
      if (call === undefined) continue;
      if (this.#sent.mayBeSentAgain(id)) this.send(call);
      else call.fail(unreadable());
    }
  }

  #say(message: ToLeader): void {
    this.#leader?.wire.postMessage(message);
  }

  #tellSquare(message: SquareMessage): void {
    this.#square.postMessage(message);
  }
}
