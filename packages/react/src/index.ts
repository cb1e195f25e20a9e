export type {
  ErrorResult,
  IdleResult,
  PendingResult,
  PredictionResult,
  SuccessResult,
} from './predictionResult.js';
export type { RecordedEvent } from './recordedEvents.js';
export { type UsePredictionOptions, usePrediction } from './usePrediction.js';
export { type UsePredictorEventsOptions, usePredictorEvents } from './usePredictorEvents.js';
export { usePredictorStats } from './usePredictorStats.js';
