import { decodeError } from '../transport/errorCodec.js';
import { checkedResult } from './checkedResult.js';
import type { FromLeader } from './messages.js';
import type { WaitingCall } from './waitingCall.js';

/** What the leader says about a call. */
export type AboutCall = Extract<FromLeader, { readonly call: string }>;

/** Gives the call what the leader says about it. */
export function answerWaiting(call: WaitingCall, message: AboutCall): void {
  if (message.kind === 'begun') call.begun();
  else if (message.kind === 'progress') call.progress(message.progress);
  else if (message.kind === 'failure') call.fail(decodeError(message.error));
  else {
    try {
      call.succeed(checkedResult(call.method, call.argument, message.value));
    } catch (error) {
      call.fail(error);
    }
  }
}
