// One sound on the shelf: what its line in the list says, and what it takes to show it again.
import type { AnalysisDocument } from "@/api/client";
import type { Verdict } from "@/session/verdict";

export interface Kept {
  id: string;
  name: string;
  heard_ms: number;
  /** By its name, as which model is the server's first may change. */
  model: string;
  verdict: Verdict;
  emoji: string;
  /** The verdict in words. */
  answer: string;
  /** Of the likeliest class; null in silence. */
  confidence: number | null;
  duration_s: number;
  waited_ms?: number;
  sample_id?: string;
  /** Of sound and analysis together. */
  size_bytes: number;
}

export interface Contents {
  id: string;
  document: AnalysisDocument;
  /** Of the file as it was brought; none in an analysis that came without it. */
  sound: ArrayBuffer;
  type: string;
}
