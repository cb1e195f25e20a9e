import { appendFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Of a LevelDB log, in bytes: records are split at the ends of blocks, and each part has a head. */
const blockSize = 32_768;
const headSize = 7;

/**
 * Damages the IndexedDB files in the folder of a profile that no browser has open.
 *
 * @param random from 0 to below 1
 * @returns what was done
 * @throws when the files are not as expected, and nothing can be damaged
 */
export type Damage = (profileFolder: string, random: () => number) => Promise<string>;

/** Overwrites a part of the log, somewhere. */
export const garbageInLog: Damage = async (profileFolder, random) => {
  const file = await theFile(profileFolder, /^\d+\.log$/);
  const bytes = await readFile(file);
  const length = Math.min(bytes.length, 1 + Math.floor(random() ** 3 * 20_000));
  const from = Math.floor(random() * (bytes.length - length));
  for (let at = from; at < from + length; at++) bytes[at] = Math.floor(random() * 256);
  await writeFile(file, bytes);
  return `${length} bytes of garbage at ${percent(from, bytes.length)} of the log`;
};

/** Cuts the log off, anywhere. */
export const truncatedLog: Damage = async (profileFolder, random) => {
  const file = await theFile(profileFolder, /^\d+\.log$/);
  const { length } = await readFile(file);
  const left = Math.floor(random() * length);
  await truncate(file, left);
  return `log cut off at ${percent(left, length)}`;
};

/** Removes the file by which LevelDB knows its other files. */
export const manifestRemoved: Damage = async (profileFolder) => {
  await rm(await theFile(profileFolder, /^MANIFEST-\d+$/));
  return 'MANIFEST removed';
};

/**
 * Leaves the log as a kill at the wrong moment does: with the head of a record at its end. What is stored is all there.
 *
 * @returns the log's file
 */
export async function tearLog(profileFolder: string): Promise<string> {
  const file = await theFile(profileFolder, /^\d+\.log$/);
  const { length } = await readFile(file);
  const leftInBlock = blockSize - (length % blockSize);
  const head = Uint8Array.of(1, 2, 3, 4, 100, 0, 1);
  await appendFile(file, new Uint8Array(leftInBlock < headSize ? leftInBlock : 0));
  await appendFile(file, head);
  return file;
}

/**
 * Whether the log ends amid a record. A browser that is killed leaves such a log when its last write had come as far as
 * the record's head: Chromium hands that to the system before the rest.
 */
export async function isLogTorn(profileFolder: string): Promise<boolean> {
  const bytes = await readFile(await theFile(profileFolder, /^\d+\.log$/));
  let at = 0;
  while (at < bytes.length) {
    const leftInBlock = blockSize - (at % blockSize);
    // A head that does not fit into the rest of a block begins the next one.
    if (leftInBlock < headSize) at += leftInBlock;
    else if (at + headSize > bytes.length) return true;
    else at += headSize + bytes.readUInt16LE(at + 4);
  }
  return at > bytes.length;
}

/** The largest file of such a name. */
async function theFile(profileFolder: string, name: RegExp): Promise<string> {
  const databases = path.join(profileFolder, 'Default/IndexedDB');
  const found: { readonly file: string; readonly size: number }[] = [];
  for (const folder of await readdir(databases)) {
    if (!folder.endsWith('.indexeddb.leveldb')) continue;
    for (const file of await readdir(path.join(databases, folder))) {
      if (!name.test(file)) continue;
      const whole = path.join(databases, folder, file);
      found.push({ file: whole, size: (await readFile(whole)).length });
    }
  }
  const [largest] = found.sort((a, b) => b.size - a.size);
  if (largest === undefined || largest.size === 0)
    throw new Error(
      `There is no ${name} with anything in it below ${databases}: does the browser use LevelDB?`,
    );
  return largest.file;
}

function percent(part: number, whole: number): string {
  return `${Math.round((part / whole) * 100)} %`;
}
