/**
 * Whether two inputs have the same content: deeply for plain objects, arrays and typed arrays; `Object.is` for
 * everything else, and for what is nested deeper than any input should be, as a cycle is. It is what lets a caller write
 * an object in the call itself.
 */
export function isSameInput(a: unknown, b: unknown, depth = 0): boolean {
  if (Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b) || depth > maxDepth) return false;
  const prototype: unknown = Object.getPrototypeOf(a);
  if (prototype !== Object.getPrototypeOf(b)) return false;
  if (isList(a) && isList(b)) return isSameList(a, b, depth + 1);
  return (prototype === Object.prototype || prototype === null) && isSameRecord(a, b, depth + 1);
}

const maxDepth = 100;

type AnyRecord = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is AnyRecord {
  return typeof value === 'object' && value !== null;
}

function isList(value: object): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function isSameList(a: ArrayLike<unknown>, b: ArrayLike<unknown>, depth: number): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!isSameInput(a[index], b[index], depth)) return false;
  return true;
}

function isSameRecord(a: AnyRecord, b: AnyRecord, depth: number): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSameInput(a[name], b[name], depth))
  );
}
