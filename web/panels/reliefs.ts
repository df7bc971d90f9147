// All reliefs in one file to fetch, as they are nearly all the same code.
export { ChannelRelief } from "./ChannelRelief";
export { SpectrogramRelief } from "./SpectrogramRelief";
