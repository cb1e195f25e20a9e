import { copyPayload, copyTensor } from './copyPayload.js';
import type { Payload } from './payload.js';
import type { Tensor, Tensors } from './tensor.js';
import { looksLikeTensors } from './validateTensors.js';

/** Up to so many bytes of data, copying at once costs no more than preparing to copy later. */
const copiedAtOnce = 4096;

/**
 * A payload that its taker may change as it likes, whatever others get of the same one. JSON, and tensors of up to
 * 4,096 bytes, are copied at once; the data of a larger tensor is copied when it is first touched, so that who needs
 * one output of several, or none of them, pays for no other.
 */
export function handOut(payload: Payload): Payload {
  if (!looksLikeTensors(payload)) return copyPayload(payload);
  const tensors = Object.entries(payload as Tensors);
  return Object.fromEntries(
    tensors.map(([name, tensor]) => [name, isLarge(tensor) ? copiedWhenTouched(tensor) : copyTensor(tensor)]),
  ) as Payload;
}

function isLarge({ type, data }: Tensor): boolean {
  return type !== 'string' && data.byteLength > copiedAtOnce;
}

/** A plain object to whoever reads, spreads, clones or changes it. */
function copiedWhenTouched(tensor: Tensor): Tensor {
  const settle = (data: unknown) =>
    Object.defineProperty(handedOut, 'data', {
      value: data,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  const handedOut = {
    type: tensor.type,
    dims: tensor.dims.slice(),
    get data() {
      const { data } = copyTensor(tensor);
      settle(data);
      return data;
    },
    set data(data) {
      settle(data);
    },
  };
  return handedOut as Tensor;
}
