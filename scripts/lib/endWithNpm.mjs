/**
 * A signal sent to npm alone ends npm and its shell, which do not pass it on: this process would be left behind, holding
 * the port. Being handed to another parent tells.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, 500).unref();
}
