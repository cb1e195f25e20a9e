/** For a request whose failure aborts its transaction: the transaction reports it. */
export function ignore(): void {}
