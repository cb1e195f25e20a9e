export type { Compression } from './compression.js';
export { httpJson } from './httpJson.js';
export type { HttpJsonAnswer, HttpJsonContext, HttpJsonOptions } from './httpJsonOptions.js';
export { type OpenInferenceEngine, openInference } from './openInference.js';
export type { OpenInferenceOptions } from './openInferenceOptions.js';
export { type Datatype, datatypeOf, datatypes, isDatatype, tensorTypeOf } from './protocol/datatypes.js';
export {
  decodeInferRequest,
  encodeInferRequest,
  type InferRequest,
  type RequestedOutput,
} from './protocol/inferRequest.js';
export { decodeInferResponse, encodeInferResponse, type InferResponse } from './protocol/inferResponse.js';
export { type EncodedMessage, headerLengthName, type TensorFormat } from './protocol/message.js';
export {
  decodeModelMetadata,
  decodeServerMetadata,
  type ModelMetadata,
  type ServerMetadata,
  type TensorMetadata,
} from './protocol/metadata.js';
export { decodeRawRequest } from './protocol/rawRequest.js';
export type { HeadersSource } from './transport/requestHeaders.js';
export type { TransportOptions } from './transport/transportOptions.js';
