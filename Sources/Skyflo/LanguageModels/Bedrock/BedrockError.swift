import KubeModel

/// What Amazon says when it refuses: the kind is in a header, a message in the body.
struct BedrockError: Sendable, Hashable {
    /// `ThrottlingException`; inside of a stream it begins with a small letter.
    var type: String
    var body: [UInt8]

    /// As statuses, which mean the same everywhere. Some of Amazon's say something else.
    private static let statuses = [
        "throttlingexception": 429, "servicequotaexceededexception": 402, "modelnotreadyexception": 503,
        "serviceunavailableexception": 503,
        "internalserverexception": 500, "internalfailure": 500, "modeltimeoutexception": 504,
        "modelerrorexception": 502, "modelstreamerrorexception": 502, "accessdeniedexception": 403,
        "unrecognizedclientexception": 403, "expiredtokenexception": 403, "invalidsignatureexception": 403,
        "validationexception": 400, "resourcenotfoundexception": 404,
    ]

    private var error: ProviderError {
        var json = (try? JSONParser.parse(body)) ?? .string(String(decoding: body, as: UTF8.self))
        if let message = json["message"] ?? json["Message"] ?? json["originalMessage"] { json = ["message": message] }
        if json.object != nil { json["type"] = .string(type) }
        // A model that is being made ready says so in its name only.
        if type.lowercased() == "modelnotreadyexception", let said = json["message"]?.string {
            json["message"] = .string("loading: \(said)")
        }
        return ProviderError(json: json)
    }

    func asStatusError(_ status: Int) -> LanguageModelError {
        error.asStatusError(Self.statuses[type.lowercased()] ?? status)
    }

    /// An error inside of a stream that began well.
    var inStream: LanguageModelError { asStatusError(500) }
}
