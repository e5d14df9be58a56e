/* global SwaggerUIBundle */
// The document and its viewer come from this server; no outside host is asked.
window.onload = () =>
    SwaggerUIBundle({
        url: "/api/openapi.json",
        dom_id: "#api",
        validatorUrl: null,
        docExpansion: "none",
        filter: true,
        persistAuthorization: false,
    });
