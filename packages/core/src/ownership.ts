/** How many predictors use a tier or engine: it closes with the last of them. */
const users = new WeakMap<object, number>();

export function retain(resource: object): void {
  users.set(resource, (users.get(resource) ?? 0) + 1);
}

/** True when nobody uses it any longer. */
export function release(resource: object): boolean {
  const left = (users.get(resource) ?? 1) - 1;
  users.set(resource, left);
  return left === 0;
}
