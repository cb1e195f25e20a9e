/** For every tier that is measured: nothing is evicted but where that is measured, and no slow moment loses a write. */
const unbounded = { maxSize: 1e9, timeout: 30_000 };

/** For what is to come from the disk: nothing of an earlier session is in memory after opening. */
export const fromDisk = { ...unbounded, hotSet: 0 };

/** For what is to be in memory soon after opening, as it is by default. */
export const fromHotSet = { ...unbounded };

/** For the warm start, all of whose 10,000 entries are to be in the hot set: at 640 bytes each they need 6.4 MB. */
export const allInHotSet = { ...unbounded, hotSet: 8e6 };
