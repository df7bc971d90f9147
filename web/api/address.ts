// The server that handed out this page, unless the page was built for another one.
export const SERVER = (process.env.NEXT_PUBLIC_API_URL ?? "").replace(/\/$/, "");
