import { payloadSize } from '../../entrySize.js';
import type { Payload } from '../../payload.js';
import type { Subject } from '../batch.js';

/** A subject, and the bytes of its payload: the payload that was made to count them is the first one handed out. */
export function measured<Given extends Subject>(
  subject: Given,
): { readonly subject: Given; readonly size: number } {
  let first: Payload | undefined = subject.payload();
  const size = payloadSize(first);
  const payload = () => {
    const next = first ?? subject.payload();
    first = undefined;
    return next;
  };
  return { subject: { ...subject, payload }, size };
}
