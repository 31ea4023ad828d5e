import Testing

@testable import ControllerRuntime

@Suite struct InstrumentedAPITests {
    @Test(arguments: [
        ("/api/v1/namespaces/shop/pods/web/log", "pods/log"), ("/api/v1/namespaces", "namespaces"),
        ("/api/v1/namespaces/shop", "namespaces"), ("/apis/apps/v1/namespaces/shop/deployments", "deployments"),
        ("/apis/apps/v1/namespaces/shop/deployments/web", "deployments"), ("/apis/apps/v1", "discovery"),
        ("/apis/apps/v1/namespaces/shop/deployments/web/scale", "deployments/scale"), ("/version", "none"),
    ])
    func `a path is counted by its resource, without names`(_ path: String, _ resource: String) {
        #expect(InstrumentedAPI.resource(of: path) == resource)
    }
}
