import { PredcacheError } from '@predcache/core';

/** Failures that one input may be to blame for. Others would meet every input, or say that the run itself is broken. */
const ofOneInput = /^(INPUT_|OUTPUT_INVALID$|ENGINE_FAILED$)/;

export function isOfOneInput(error: PredcacheError): boolean {
  return ofOneInput.test(error.code);
}

/** An input's error, with the place where the input stands. */
export function badLine(
  error: PredcacheError,
  {
    inputs,
    line,
    isSkipped,
  }: { readonly inputs: string; readonly line: number; readonly isSkipped: boolean },
): PredcacheError {
  const { code, what, where, hint, details } = error;
  return new PredcacheError({
    code,
    what: where === 'input' ? what : `${what} (${where})`,
    where: `${inputs}, line ${line}`,
    hint: isSkipped ? hint : `${hint}; or pass over such lines with --skip-bad`,
    details: { ...details, line },
    cause: error,
  });
}
