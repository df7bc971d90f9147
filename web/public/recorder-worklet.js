// Hands every block of the microphone to the page, as it came: 128 samples at a time are
// gathered into larger pieces so that the page is not woken 350 times a second.
const PIECE_SAMPLES = 2048;

class Recorder extends AudioWorkletProcessor {
  constructor() {
    super();
    this.piece = new Float32Array(PIECE_SAMPLES);
    this.filled = 0;
  }

  process([input]) {
    const block = input[0];
    if (!block) return true;
    this.piece.set(block, this.filled);
    this.filled += block.length;
    if (this.filled === PIECE_SAMPLES) {
      this.port.postMessage(this.piece.slice());
      this.filled = 0;
    }
    return true;
  }
}

registerProcessor("recorder", Recorder);
