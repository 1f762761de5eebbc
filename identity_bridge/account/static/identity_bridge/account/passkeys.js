// Passkeys: asks the server for options, the browser for an answer, and sends that as a form.
//
// <form data-passkey="create|get" data-options="URL"> with a hidden field "credential"; what is said
// stands in the data attributes of its ".status". With data-suggest the passkeys of this site are
// suggested in the user name field as well.

(() => {
  "use strict";

  const supported = Boolean(
    window.isSecureContext && window.PublicKeyCredential && navigator.credentials
  );

  const toBytes = (text) => {
    const base64 = text.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  };

  const toText = (buffer) => {
    const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte));
    return btoa(letters.join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };

  const withBytes = (descriptors) =>
    (descriptors || []).map((one) => ({ ...one, id: toBytes(one.id) }));

  // For browsers that have passkeys but not yet the functions that read and write JSON.
  const parsers = {
    create: (options) =>
      PublicKeyCredential.parseCreationOptionsFromJSON?.(options) || {
        ...options,
        challenge: toBytes(options.challenge),
        user: { ...options.user, id: toBytes(options.user.id) },
        excludeCredentials: withBytes(options.excludeCredentials),
      },
    get: (options) =>
      PublicKeyCredential.parseRequestOptionsFromJSON?.(options) || {
        ...options,
        challenge: toBytes(options.challenge),
        allowCredentials: withBytes(options.allowCredentials),
      },
  };

  // Not credential.toJSON(): extensions that stand in for the browser often lack it.
  const toJSON = (credential) => {
    const { response } = credential;
    const json = {
      id: toText(credential.rawId),
      rawId: toText(credential.rawId),
      type: credential.type,
      clientExtensionResults: credential.getClientExtensionResults?.() || {},
      response: { clientDataJSON: toText(response.clientDataJSON) },
    };
    if (response.attestationObject) {
      json.response.attestationObject = toText(response.attestationObject);
      json.response.transports = response.getTransports?.() || [];
    } else {
      json.response.authenticatorData = toText(response.authenticatorData);
      json.response.signature = toText(response.signature);
      json.response.userHandle = response.userHandle ? toText(response.userHandle) : null;
    }
    return JSON.stringify(json);
  };

  const MESSAGES = {
    AbortError: null,
    NotAllowedError: "cancelled",
    InvalidStateError: "known",
    SecurityError: "unsafe",
    NotSupportedError: "unsupported",
  };

  class Ceremony {
    constructor(form) {
      this.form = form;
      this.kind = form.dataset.passkey;
      this.status = form.querySelector(".status");
      this.button = form.querySelector("button");
      this.form.hidden = false;
      this.button.disabled = false;
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.ask();
      });
      // Options that come after the answer to a password would bring the cookie of another session.
      window.addEventListener("beforeunload", () => this.asking?.abort());
      this.suggest();
    }

    say(text, isBad = false) {
      this.status.classList.toggle("note", Boolean(text));
      this.status.classList.toggle("bad", isBad);
      this.status.textContent = text || "";
    }

    sayWhy(error) {
      if (error.name === "AbortError") {
        return;
      }
      this.say(error.detail || this.status.dataset[MESSAGES[error.name] || "failed"], true);
    }

    // One after the other: two first requests at once would each begin a session, and the cookie
    // of the one would end the challenge of the other.
    options() {
      const before = this.answered;
      this.answered = (async () => {
        await before?.catch(() => {});
        return this.fetchOptions();
      })();
      return this.answered;
    }

    async fetchOptions() {
      const token = this.form.elements.csrfmiddlewaretoken.value;
      this.asking = new AbortController();
      const answer = await fetch(this.form.dataset.options, {
        method: "POST",
        body: new URLSearchParams({ csrfmiddlewaretoken: token }),
        credentials: "same-origin",
        signal: this.asking.signal,
        headers: { Accept: "application/json" },
      });
      const isJSON = (answer.headers.get("Content-Type") || "").startsWith("application/json");
      const body = isJSON ? await answer.json() : {};
      if (!answer.ok || !isJSON) {
        throw Object.assign(new Error("no options"), { detail: body.detail });
      }
      return body;
    }

    // The browser has one request at a time: a new one ends the one before. What was begun first
    // but gets its options last must not end what a person began since.
    begin() {
      clearTimeout(this.timer);
      this.turn = (this.turn || 0) + 1;
      return this.turn;
    }

    async credential(options, mediation) {
      this.controller?.abort();
      this.controller = new AbortController();
      return navigator.credentials[this.kind]({
        publicKey: parsers[this.kind](options),
        signal: this.controller.signal,
        ...(mediation && { mediation }),
      });
    }

    async ask() {
      this.button.disabled = true;
      this.say(this.status.dataset.waiting);
      this.begin();
      try {
        this.send(await this.credential(await this.options()));
      } catch (error) {
        this.sayWhy(error);
        this.button.disabled = false;
        this.suggest();
      }
    }

    async suggest() {
      if (!this.form.dataset.suggest) {
        return;
      }
      const field = document.querySelector("input[autocomplete~=username]");
      if (!field || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) {
        return;
      }
      field.autocomplete = "username webauthn";
      const turn = this.begin();
      try {
        const options = await this.options();
        if (turn !== this.turn) {
          return;
        }
        // A challenge that is over would be refused: ask for another before.
        this.timer = setTimeout(() => this.suggest(), options.timeout * 0.8);
        this.send(await this.credential(options, "conditional"));
      } catch {
        // Nobody asked for it, so nobody is told; the button still works.
      }
    }

    send(credential) {
      clearTimeout(this.timer);
      for (const name of ["remember_me", "remember_browser"]) {
        const choice = document.querySelector(`input[type=checkbox][name=${name}]`);
        const field = this.form.elements[name];
        if (field) {
          field.value = choice?.checked ? "on" : "";
        }
      }
      this.form.elements.credential.value = toJSON(credential);
      this.form.submit();
    }
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (supported) {
      new Ceremony(form);
    } else if (form.dataset.passkey === "create") {
      const status = form.querySelector(".status");
      status.classList.add("note", "bad");
      status.textContent = status.dataset.unsupported;
    }
  }
})();
