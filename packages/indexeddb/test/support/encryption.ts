/** A key as an app would make it. */
export function newKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** A key of all the right looks that WebCrypto will not take. */
export async function unusableKey(): Promise<CryptoKey> {
  const { algorithm, usages, type, extractable } = await newKey();
  return { algorithm, usages, type, extractable } as CryptoKey;
}
