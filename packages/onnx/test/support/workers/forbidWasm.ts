// What a Content-Security-Policy without 'wasm-unsafe-eval' makes of WebAssembly.
const refuse = async () => {
  throw new WebAssembly.CompileError(
    'WebAssembly.instantiate(): Compiling or instantiating WebAssembly module violates the following Content Security policy directive: "script-src \'self\'"',
  );
};
WebAssembly.instantiate = refuse;
WebAssembly.instantiateStreaming = refuse;
WebAssembly.compile = refuse;
WebAssembly.compileStreaming = refuse;
