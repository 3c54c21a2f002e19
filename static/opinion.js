// What the person says of one result: read from the server, changed here, saved there at once.
const FEEDBACK = "/api/feedback";
const UNUSABLE = 422;
const headers = { "Accept-Language": document.documentElement.lang, "Content-Type": "application/json" };

export class Refused extends Error {
  constructor({ status, detail, retry }) {
    super(detail);
    this.status = status;
    this.retry = retry; // seconds, where the server named some
  }
}

async function call(path, options) {
  const answer = await fetch(path, { headers, ...options });
  if (answer.ok) return answer.json();
  const { detail = "" } = await answer.json().catch(() => ({}));
  throw new Refused({ status: answer.status, detail, retry: Number(answer.headers.get("Retry-After")) || 0 });
}

export class Opinion {
  boxes = []; // as the API names them: { index, verdict, phrase }
  missed = []; // { phrase, box }
  #resultId;
  #tell;
  #view;
  #earlier = [];
  #saved = { boxes: [], missed: [] };
  #isSaving = false;
  #isStale = false;

  // `tell(event, facts)` is called with "changed", "saved", "undone" or "failed";
  // `view()` gives the threshold in force and whether the picture may be kept.
  constructor(resultId, { tell, view }) {
    this.#resultId = resultId;
    this.#tell = tell;
    this.#view = view;
    this.ready = this.#load();
  }

  get canUndo() {
    return this.#earlier.length > 0;
  }

  get isEmpty() {
    return !this.boxes.length && !this.missed.length;
  }

  verdictOn(index) {
    return this.boxes.find((box) => box.index === index);
  }

  // A verdict of null takes back the one there is.
  async judge(index, verdict, phrase = "") {
    await this.ready;
    const others = this.boxes.filter((box) => box.index !== index);
    this.#change({ boxes: verdict ? [...others, { index, verdict, phrase }] : others });
  }

  async miss(phrase, box) {
    await this.ready;
    this.#change({ missed: [...this.missed, { phrase, box }] });
  }

  async unmiss(missed) {
    await this.ready;
    this.#change({ missed: this.missed.filter((each) => each !== missed) });
  }

  undo() {
    Object.assign(this, this.#earlier.pop());
    this.#tell("changed");
    return this.save("undone");
  }

  // One request at a time; what changes meanwhile is sent in the next.
  async save(done = "saved") {
    this.#isStale = true;
    if (this.#isSaving) return;
    this.#isSaving = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        await this.#send();
      }
      this.#tell(done);
    } catch (error) {
      if (error.status === UNUSABLE) this.#revert();
      this.#tell("failed", error);
    } finally {
      this.#isSaving = false;
    }
  }

  // What the server will never take would stand in the way of all that follows.
  #revert() {
    Object.assign(this, this.#saved);
    this.#earlier.pop();
    this.#tell("changed");
  }

  async #load() {
    const said = await this.#said().catch(() => null);
    if (!said) return;
    const { boxes, missed } = said;
    this.#saved = { boxes, missed };
    Object.assign(this, this.#saved);
    this.#tell("changed");
  }

  #change(change) {
    this.#earlier.push({ boxes: this.boxes, missed: this.missed });
    Object.assign(this, change);
    this.#tell("changed");
    this.save();
  }

  async #said() {
    const [said] = await call(`/api/sessions/me/feedback?result_id=${this.#resultId}`);
    return said ?? null;
  }

  // Stars may have been given meanwhile, beside this script: they stay.
  async #send() {
    const said = await this.#said();
    if (this.isEmpty && said?.rating == null) {
      if (said) await call(`${FEEDBACK}/${this.#resultId}`, { method: "DELETE" });
      this.#saved = { boxes: [], missed: [] };
      return;
    }
    const { threshold, keepImage } = this.#view();
    const body = {
      result_id: this.#resultId,
      rating: said?.rating ?? null,
      comment: said?.comment ?? "",
      // The lowest one under which boxes were judged, so that each of them was shown.
      threshold: said?.boxes.length ? Math.min(threshold, said.threshold) : threshold,
      boxes: this.boxes,
      missed: this.missed,
      keep_image: keepImage,
    };
    await call(FEEDBACK, { method: "POST", body: JSON.stringify(body) });
    this.#saved = { boxes: body.boxes, missed: body.missed };
  }
}
