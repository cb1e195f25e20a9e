import type { Predictor } from '@predcache/core';

export interface ModelEvent {
  readonly name: string;
  readonly version: string;
  readonly digest?: string;
}

/** The events of the type `model` in a stream of server-sent events. */
export async function* modelEvents(url: string, signal: AbortSignal): AsyncGenerator<ModelEvent> {
  const response = await fetch(url, { signal, headers: { accept: 'text/event-stream' } });
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = text.slice(0, end);
      text = text.slice(end + 2);
      const data = /^event: model\ndata: (.*)$/.exec(event)?.[1];
      if (data !== undefined) yield JSON.parse(data) as ModelEvent;
    }
  }
}

/** Goes over to each new file of a predictor's model that a gateway tells of, until the signal aborts. */
export async function watchModels(
  url: string,
  predictor: Pick<Predictor<never, unknown>, 'model' | 'updateModel'>,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const { name, version, digest } of modelEvents(url, signal)) {
      const { model } = predictor;
      const isOther = version !== model.version || digest !== model.integrity;
      if (name === model.name && isOther)
        await predictor.updateModel({ version, integrity: digest }, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
