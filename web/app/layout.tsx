import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { ThemeProvider } from "next-themes";

import "@fontsource-variable/instrument-sans/wght.css";
import "@fontsource/instrument-serif/latin-400.css";
import "./globals.css";
import { InkWell } from "@/ui/ink";
import { OfflineShell } from "@/ui/OfflineShell";

export const metadata: Metadata = {
  title: "Audio-CNN: hear a sound, name it, see why",
  description: "A small neural network names a sound among 50 and shows everything it saw on the way.",
  applicationName: "Audio-CNN",
  manifest: "/manifest.webmanifest",
  icons: { icon: "/icon.svg", apple: "/icon-192.png" },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#faf9f6" },
    { media: "(prefers-color-scheme: dark)", color: "#0e1013" },
  ],
};

export default function Layout({ children }: { children: ReactNode }) {
  // The theme is set on <html> before anything is painted, so the server's markup may differ there.
  return (
    <html lang="en" suppressHydrationWarning>
      <body>
        <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange>
          <InkWell />
          <OfflineShell />
          {children}
        </ThemeProvider>
      </body>
    </html>
  );
}
