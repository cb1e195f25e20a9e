export const usage = `Usage: predcache warm --model M.onnx --inputs inputs.jsonl --out pack.bin [options]

Computes predictions beforehand and writes them to a warm pack: a file that web pages load, so that these inputs are
answered without running the model. Interrupted, it keeps what it has computed in pack.bin.partial, and goes on from
there when it is run again with the same arguments.

  --model FILE       the model, an .onnx file
  --inputs FILE      the inputs, one JSON value a line; - for standard input
  --out FILE         the pack to write

The model's identity is part of every key, so it must be that which the page gives createPredictor:

  --name NAME        model.name (default: the file's name without .onnx)
  --version VERSION  model.version (default: 1)
  --integrity HASH   model.integrity; the file is checked against it (default: the file's own sha256-…)
  --no-integrity     for pages whose model has no integrity

  --encode MODULE    a JavaScript module that exports the page's encode, which turns a line's JSON value into tensors, and
                     its keyFrom and encodeVersion where it has them. Without it lines are tensors:
                     {"chars":{"type":"int32","dims":[1,3],"data":[7,8,9]}}
                     where data may also be the base64 of the elements' little-endian bytes
  --skip-bad         pass over lines that cannot be predicted, and count them
  --restart          throw away what an interrupted run has left
  --quiet            print nothing but errors
  --help             print this and exit

Exit codes: 0 done, 1 failed or interrupted, 2 a command line that cannot be understood`;

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
