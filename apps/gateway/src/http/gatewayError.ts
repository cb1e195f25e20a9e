/** A request that cannot be answered, with the status that says why. Its message goes to the client. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly statusCode: number;

  constructor(statusCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.statusCode = statusCode;
  }
}
