/** What the models were trained with: `models/language-id.json`. */
export interface Vocabulary {
  /** The character at position i has the number i + 2. */
  readonly characters: string;
  /** Characters (code points) of a text that the models read. */
  readonly maxLength: number;
}

/** Any character that is not in the vocabulary; 0 is padding. */
const unknown = 1;

/**
 * Makes the function that turns a text into the numbers the language models read. Step by step the same as
 * `models/training/normalise.py`: both are checked against `models/normalisation-vectors.json`. Never empty.
 *
 * @example
 * const toChars = createToChars({ characters: ' abc', maxLength: 1024 });
 * toChars('  A  cab'); // Int32Array [3, 2, 5, 3, 4]
 */
export function createToChars({
  characters,
  maxLength,
}: Vocabulary): (text: string) => Int32Array<ArrayBuffer> {
  const numbers = new Map([...characters].map((character, position) => [character, position + 2]));
  return (text) => {
    const normalised = normalise(text, maxLength);
    if (normalised.length === 0) return Int32Array.of(unknown);
    return Int32Array.from(normalised, (character) => numbers.get(character) ?? unknown);
  };
}

/** The text as the models see it: one form of each character, lower case, single spaces. */
function normalise(text: string, maxLength: number): string[] {
  const kept: string[] = [];
  let isAfterSpace = false;
  for (const character of text.normalize('NFC')) {
    if (kept.length >= maxLength) break;
    if (/\s/.test(character)) {
      isAfterSpace = true;
      continue;
    }
    if (isAfterSpace && kept.length > 0) kept.push(' ');
    isAfterSpace = false;
    kept.push(lowerCase(character));
  }
  return kept.slice(0, maxLength);
}

/** Each character by itself, so that the result depends neither on its neighbours (final sigma) nor on the locale. */
function lowerCase(character: string): string {
  const lower = character.toLowerCase();
  return [...lower].length === 1 ? lower : character;
}
