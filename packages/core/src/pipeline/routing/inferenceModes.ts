import type { EngineSource } from '../../engines/engine.js';
import type { InferenceMode } from '../../predictor.js';

/** Which engines a mode allows; the one that it prefers where nothing speaks against it comes first. */
export const enginesOfMode: Readonly<Record<InferenceMode, readonly EngineSource[]>> = {
  prefer_on_device: ['on_device', 'in_cloud'],
  only_on_device: ['on_device'],
  prefer_in_cloud: ['in_cloud', 'on_device'],
  only_in_cloud: ['in_cloud'],
  fastest: ['on_device', 'in_cloud'],
};

export const inferenceModes = Object.keys(enginesOfMode) as readonly InferenceMode[];
