const own = JSON.parse(sessionStorage.getItem("settings") ?? "{}");
const manager = new Oidc.UserManager({ ...settings, ...own });
