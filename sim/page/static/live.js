// Exact runs by the server that the page comes from, where it comes from one.
class Exact {
  constructor(tell) {
    this.visitor = crypto.randomUUID();
    this.results = new Map();
    this.tell = tell;
    this.number = 0;
  }

  // Ask for an exact run of some plans with the same changes; the run asked for before is given up.
  ask(wanted) {
    clearTimeout(this.waiting);
    this.stop?.abort();
    const number = ++this.number, missing = wanted.filter(({ key }) => !this.results.has(key));
    if (!missing.length) return;
    this.waiting = setTimeout(() => this.run(missing, number), 60);
  }

  async run(missing, number) {
    this.stop = new AbortController();
    try {
      this.tell({ share: 0 });
      const body = JSON.stringify({ visitor: this.visitor, number, runs: missing.map(({ plan, set }) => ({ plan, set })) });
      const response = await fetch("exact", { method: "POST", body, headers: { "Content-Type": "application/json" }, signal: this.stop.signal }).catch((error) => {
        throw error.name === "AbortError" ? error : new Error("the program that serves this page does not answer; start it again (python -m sim live) and reload.");
      });
      if (!response.ok) throw new Error((await response.text()).slice(0, 300));
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let text = ""; ;) {
        const { done, value } = await reader.read();
        if (done) break;
        text += value;
        for (let end; (end = text.indexOf("\n")) >= 0; text = text.slice(end + 1)) {
          const said = JSON.parse(text.slice(0, end));
          if (number !== this.number) return;
          if (said.error) throw new Error(said.error);
          if (said.pack) await this.keep(missing[said.run].key, said.pack, number);
          else this.tell(said);
        }
      }
    } catch (error) {
      if (number === this.number && error.name !== "AbortError") this.tell({ error: error.message });
    }
  }

  async keep(key, pack, number) {
    const { words, bytes } = await unpacked(pack);
    this.results.set(key, outcomesOf(bytes, words.outcomes_at));
    if (this.results.size > 60) this.results.delete(this.results.keys().next().value);
    if (number === this.number) this.tell({ finished: key });
  }
}
