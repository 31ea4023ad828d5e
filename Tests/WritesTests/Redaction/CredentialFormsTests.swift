import KubeModel
import Testing

@testable import Writes

/// Tables of what is hidden and of what is shown, as logs and configurations of real programs have it.
@Suite struct CredentialFormsTests {
    private static let secrets = ["hunter2", "madeup01", "Madeup01", "made-up", "aHVudGVy", "swordfish", "483920"]

    private func hides(_ text: String) {
        let shown = redactor.redact(text: text)
        #expect(!Self.secrets.contains { shown.contains($0) } && Redactor.isRedacted(shown), "\(shown)")
        #expect(redactor.redact(text: shown) == shown, "a second time changes nothing")
        let value = redactor.redact(json: ["text": .string(text)])["text"]?.string ?? ""
        #expect(!Self.secrets.contains { value.contains($0) }, "\(value)")
    }

    @Test(arguments: CredentialForms.coloured)
    func `a colour doesn't part a name from its value`(_ text: String) { hides(text) }

    @Test(arguments: CredentialForms.markup)
    func `an element's name and an attribute's are names`(_ text: String) { hides(text) }

    @Test(arguments: CredentialForms.languages)
    func `what languages print of their values is hidden`(_ text: String) { hides(text) }

    @Test(arguments: CredentialForms.databases)
    func `statements and commands of databases lose their passwords`(_ text: String) { hides(text) }

    @Test(arguments: CredentialForms.files)
    func `files of passwords lose them`(_ text: String) { hides(text) }

    @Test(arguments: CredentialForms.commands)
    func `command lines lose their passwords`(_ text: String) { hides(text) }

    @Test(arguments: CredentialForms.sentences)
    func `sentences that tell a password lose it`(_ text: String) { hides(text) }

    @Test(arguments: CredentialForms.others)
    func `other forms lose their credentials`(_ text: String) { hides(text) }

    @Test(arguments: CredentialVariants.all)
    func `variants of these forms lose their credentials`(_ text: String) { hides(text) }

    @Test(arguments: CredentialPlaces.all)
    func `values apart from their names are hidden`(_ text: String) { hides(text) }

    @Test(arguments: PlainPlaces.all)
    func `diagnoses, tables and statements stay as they are`(_ text: String) {
        #expect(redactor.redact(text: text) == text)
    }

    @Test func `a file of JSON keeps its lines`() {
        let file = "{\r\n  \"password\": \"madeup01\",\r\n  \"mode\": \"a\"\r\n}\r\n"
        let shown = redactor.redact(json: ["data": ["a.json": .string(file)]])["data", "a.json"]?.string
        #expect(shown == file.replacing("madeup01", with: redactor.token("madeup01")))
    }

    @Test(
        arguments: [
            "a  password\n", "| password |", "(password) VALUES ('", "\t password\t", "chpasswd:\n ", "&quot;password",
            "\"password\",",
            "variable \"password\" {", "UGFzc3dvcmQ6 ", "password -> ", "PASS ", "https%3A%2F%2Fa", "**password** ",
            "VALUES (",
        ])
    func `long texts take no longer by the byte`(_ part: String) {
        _ = redactor.redact(text: String(repeating: part, count: 25_000 / part.utf8.count))
    }

    @Test(arguments: PlainForms.sentences)
    func `sentences about credentials stay as they are`(_ text: String) {
        #expect(redactor.redact(text: text) == text)
    }

    @Test(arguments: PlainForms.settings)
    func `settings about credentials stay as they are`(_ text: String) {
        #expect(redactor.redact(text: text) == text)
        #expect(redactor.redact(json: ["text": .string(text)])["text"]?.string == text)
    }

    @Test func `the colours themselves stay`() {
        let text = "\u{1B}[36mINFO\u{1B}[0m password\u{1B}[1m=\u{1B}[0mhunter2 \u{1B}[31mred\u{1B}[0m"
        let token = redactor.token("hunter2")
        #expect(redactor.redact(text: text) == text.replacing("hunter2", with: token))
    }

    @Test func `what stands in a sequence for terminals inside a hidden value is known to the check of commands`() {
        let parts = redactor.hiddenParts(of: "password=a\u{1B}]0;rm -rf /; x\u{07}b")
        #expect(parts.contains { $0.contains("rm -rf") }, "\(parts)")
    }

    @Test func `a file of settings inside a ConfigMap is read by its structure`() {
        let text = """
            server: {port: 80, credentials: {user: app, password: hunter2-made-up}}
            env:
              - {value: hunter2-made-up, name: DB_PASSWORD}
            args:
              - mysqladmin
              - -phunter2-made-up
            url: https://login.example
            """
        let shown = redactor.redact(json: ["data": ["app.yaml": .string(text)]])["data"]?["app.yaml"]?.string ?? ""
        #expect(!shown.contains("hunter2"), "\(shown)")
        #expect(shown.contains("server: {port: 80, credentials: {user: app, password: ‹redacted:"), "\(shown)")
        #expect(shown.hasSuffix("url: https://login.example"))
        #expect(redactor.redact(json: .string(shown)) == .string(shown))
    }

    @Test func `a Secret inside a ConfigMap loses its values`() {
        let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  a: hunter2-made-up\n"
        let shown = redactor.redact(json: ["data": ["secret.yaml": .string(text), "x.yaml": .string(text)]])
        #expect(!JSONWriter.string(shown).contains("hunter2"))
    }
}
