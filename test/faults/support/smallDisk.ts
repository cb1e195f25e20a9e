import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const command = promisify(execFile);

/** A file system of its own, small enough to be filled. */
export class SmallDisk {
  readonly folder: string;
  readonly #filler: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#filler = path.join(folder, 'filler');
  }

  /** @throws where this user may not mount file systems, or the system has no `tmpfs` */
  static async mount(megabytes: number): Promise<SmallDisk> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'predcache-disk-'));
    try {
      await command('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
    } catch (error) {
      await rm(folder, { recursive: true });
      throw error;
    }
    const disk = new SmallDisk(folder);
    process.once('exit', disk.#unmountNow);
    return disk;
  }

  async makeFolder(name: string): Promise<string> {
    const folder = path.join(this.folder, name);
    await mkdir(folder);
    return folder;
  }

  /** Takes every byte that is left, whatever has been freed since the last time included. */
  async fill(): Promise<void> {
    const file = await open(this.#filler, 'a');
    try {
      for (let size = 1 << 20; size >= 1; ) {
        try {
          await file.appendFile(Buffer.alloc(size, 1));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          size >>= 1;
        }
      }
    } finally {
      await file.close();
    }
  }

  async free(): Promise<void> {
    await rm(this.#filler, { force: true });
  }

  async unmount(): Promise<void> {
    process.off('exit', this.#unmountNow);
    // Lazily: a process of the browser may be about to let go of its last file.
    await command('umount', ['-l', this.folder]);
    await rm(this.folder, { recursive: true });
  }

  /** For when the command is interrupted: what is mounted takes memory. */
  readonly #unmountNow = () => {
    spawnSync('umount', ['-l', this.folder]);
  };
}
