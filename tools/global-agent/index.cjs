// ONNX Runtime's install script fetches its CUDA build from another registry than npm's on every Linux x64 machine, unless
// this variable says otherwise, and ends the installation where that registry can't be reached. npm 10 runs install scripts
// and has no setting that would reach this one without a warning from npm 11; but the script calls this function first.
exports.bootstrap = () => {
  process.env.ONNXRUNTIME_NODE_INSTALL ??= "skip";
};
