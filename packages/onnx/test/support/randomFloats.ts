/** Numbers from -1 to 1, the same for the same seed (xorshift32). */
export function randomFloats(seed: number): (length: number) => Float32Array<ArrayBuffer> {
  let state = seed;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  };
  return (length) => Float32Array.from({ length }, next);
}
