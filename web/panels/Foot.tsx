export function Foot() {
  return (
    <footer className="mt-16 flex flex-wrap gap-x-6 gap-y-2 border-t border-line py-6 text-xs text-soft">
      <p>
        Knows the 50 classes of{" "}
        <a className="underline underline-offset-2 hover:text-text" href="https://github.com/karolpiczak/ESC-50">
          ESC-50
        </a>{" "}
        and names one of them whatever it hears.
      </p>
      <p className="ml-auto">Sounds are sent to the server of this page, and not kept.</p>
    </footer>
  );
}
