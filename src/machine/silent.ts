/**
 * What keeps the packages inside from reporting to their makers. ONNX Runtime (from 1.30) sends telemetry unless it is
 * told not to, and leaves a device id in the home folder; the hub's libraries count what is fetched. Native libraries
 * read these variables once, when they are loaded, so this file is imported before any of them, and what the user's own
 * environment says does not weaken it. Worker threads and child processes inherit them.
 */
const SILENT: Readonly<Record<string, string>> = {
  ORT_DISABLE_TELEMETRY: "1",
  HF_HUB_DISABLE_TELEMETRY: "1",
  DO_NOT_TRACK: "1",
};

Object.assign(process.env, SILENT);
