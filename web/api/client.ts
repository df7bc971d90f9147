import createClient from "openapi-fetch";

import { SERVER } from "./address";
import { Trouble, troubleOf, unreachable } from "./trouble";
import type { components, paths } from "./schema";

export type Answer = Omit<components["schemas"]["Classification"], "timeline" | "segments">;
export type LiveAnswer = paths["/api/v1/listen"]["get"]["responses"][101]["content"]["application/json"];
export type AnalysisDocument = components["schemas"]["AnalysisDocument"];
export type ActivationMap = components["schemas"]["ActivationMap"];
export type EvidenceMap = components["schemas"]["EvidenceMap"];
export type ScoredLabel = components["schemas"]["ScoredLabel"];
export type HeardWindow = components["schemas"]["HeardWindow"];
export type ModelCard = components["schemas"]["ModelCard"];
export type ModelSummary = components["schemas"]["ModelSummary"];
export type SampleInfo = components["schemas"]["SampleInfo"];

const client = createClient<paths>({ baseUrl: SERVER });

export async function fetchSamples(signal?: AbortSignal): Promise<SampleInfo[]> {
  return answered(client.GET("/api/v1/samples", { signal }));
}

export async function fetchModels(signal?: AbortSignal): Promise<ModelSummary[]> {
  return answered(client.GET("/api/v1/models", { signal }));
}

/** Of the model of this name; null: of the server's first. */
export async function fetchModel(name: string | null, signal?: AbortSignal): Promise<ModelCard> {
  return answered(client.GET("/api/v1/model", { params: { query: { model: name } }, signal }));
}

export async function fetchSampleAudio(id: string, signal?: AbortSignal): Promise<Blob> {
  const path = "/api/v1/samples/{id}/audio";
  return answered(client.GET(path, { params: { path: { id } }, parseAs: "blob", signal })) as Promise<Blob>;
}

export async function fetchChannels(id: string, name: string, signal?: AbortSignal): Promise<ArrayBuffer> {
  const path = "/api/v1/analyses/{id}/activations/{name}";
  const found = client.GET(path, { params: { path: { id, name } }, parseAs: "arrayBuffer", signal });
  return answered(found) as Promise<ArrayBuffer>;
}

// As many as the server names at the most: how many there are is part of the answer.
const ALL = 1000;

/** Names a sound, without all that the network saw of it. */
export async function classify(sound: Blob, model: string | null, signal?: AbortSignal): Promise<Answer> {
  const headers = { "Content-Type": "application/octet-stream" };
  const params = { query: { model, top: ALL } };
  const bodySerializer = () => sound;
  return answered(client.POST("/api/v1/classify", { params, headers, body: "", bodySerializer, signal }));
}

interface Fetched<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

async function answered<T>(fetching: Promise<Fetched<T>>): Promise<T> {
  let fetched: Fetched<T>;
  try {
    fetched = await fetching;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw error instanceof Trouble ? error : unreachable();
  }
  if (fetched.data !== undefined) return fetched.data;
  throw troubleOf(fetched.response.status, fetched.error, fetched.response.headers.get("Retry-After"));
}
