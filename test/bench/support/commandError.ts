/** What was asked for on the command line cannot be done; the message tells whoever asked. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
