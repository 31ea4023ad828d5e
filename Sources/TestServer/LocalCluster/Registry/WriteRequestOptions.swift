import KubeModel

/// How a write is made, from its query and its sender.
struct WriteRequestOptions: Sendable {
    enum FieldValidation: String, Sendable { case strict = "Strict", warn = "Warn", ignore = "Ignore" }

    /// What the object comes from; unknown fields are worded accordingly.
    enum Source: Sendable { case put, patch, apply }

    var manager: String
    var isDryRun = false
    var fieldValidation = FieldValidation.warn
    var source = Source.put
    /// Asked about the object as it would be stored; nil for the server's own controllers.
    var admit: WriteAdmission?
    /// What was sent as a strategic merge patch: refusals show it.
    var strategicPatch: JSONValue?
    /// Paths of members that the body had twice.
    var duplicates: [String] = []

    /// Of the server's own controllers: what they write is known to fit.
    static func controller(_ manager: String) -> WriteRequestOptions {
        WriteRequestOptions(manager: manager, fieldValidation: .ignore)
    }
}

struct StoredResult: Sendable {
    var object: KubeObject
    var isNew = false
    var warnings: [String] = []
}

struct DeleteRequestOptions: Sendable {
    enum Propagation: String, Sendable { case orphan = "Orphan", background = "Background", foreground = "Foreground" }

    var gracePeriodSeconds: Int?
    var uid: String?
    var resourceVersion: String?
    var propagation = Propagation.background
    var isDryRun = false
    /// Asked before the deletion; nil for the server's own controllers.
    var admit: WriteAdmission?
}
