/// `/openapi/v2`: a Swagger document that names no kind. Clients that find a kind neither here nor in version 3 go on and
/// ask the server; without the document they stop. The schemas are those of version 3.
enum OpenAPIv2Document {
    static let json = #"{"swagger":"2.0","info":{"title":"\#(title)","version":"\#(version)"},"paths":{}}"#
    private static let title = "LocalCluster"
    private static let version = "v1.36.2"

    static let protobufType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

    /// How clients wrote the type before it was corrected.
    static let oldProtobufType = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"

    /// The same as `openapi.v2.Document` of gnostic: swagger = 1, info = 2 (title = 1, version = 2), paths = 8.
    static let protobuf: [UInt8] =
        field(1, content: Array("2.0".utf8))
        + field(2, content: field(1, content: Array(title.utf8)) + field(2, content: Array(version.utf8)))
        + field(8, content: [])

    private static func field(_ number: UInt8, content: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(content.count)] + content
    }
}
