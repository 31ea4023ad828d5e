import KubeClient
import KubeModel
import Testing

@Suite struct ResourceAccessTests {
    @Test(arguments: [
        (
            KubeRequest(.patch, path: "/apis/apps/v1/namespaces/shop/deployments/web/scale"),
            "group: apps\nname: web\nnamespace: shop\nresource: deployments\nsubresource: scale\nverb: patch\nversion: v1\n"
        ),
        (
            KubeRequest(.post, path: "/api/v1/namespaces/shop/pods"),
            "group: ''\nnamespace: shop\nresource: pods\nverb: create\nversion: v1\n"
        ),
        // The API server's own reading: a namespace lies in itself.
        (
            KubeRequest(.delete, path: "/api/v1/namespaces/shop"),
            "group: ''\nname: shop\nnamespace: shop\nresource: namespaces\nverb: delete\nversion: v1\n"
        ),
        (
            KubeRequest(.put, path: "/apis/rbac.authorization.k8s.io/v1/clusterroles/a"),
            "group: rbac.authorization.k8s.io\nname: a\nresource: clusterroles\nverb: update\nversion: v1\n"
        ),
    ])
    func `the attributes are those of the request`(_ request: KubeRequest, _ expected: String) throws {
        let attributes = try #require(ResourceAccess(request)?.attributes)
        #expect(YAML.format(attributes, sorted: true).replacing("\"", with: "'") == expected)
    }

    @Test func `what could be read in two ways is no access`() {
        for path in ["/version", "/api/v1/namespaces/shop/pods/../secrets/a", "/api/v1/watch/pods"] {
            #expect(ResourceAccess(KubeRequest(.get, path: path)) == nil)
        }
    }

    @Test(arguments: [
        (
            KubeRequest(.get, path: "/apis/apps/v1/namespaces/shop/deployments"),
            "list deployments (group apps) in namespace shop"
        ),
        (
            KubeRequest(.patch, path: "/apis/apps/v1/namespaces/shop/deployments/web/scale"),
            "patch deployments/scale (group apps)"
        ),
        (KubeRequest(.delete, path: "/api/v1/namespaces/shop"), "delete namespaces cluster-wide"),
        (KubeRequest(.post, path: "/api/v1/namespaces/shop/pods"), "create pods in namespace shop"),
        (KubeRequest(.get, path: "/version"), "may not get /version"),
    ])
    func `the permission is read from the request`(_ request: KubeRequest, _ expected: String) {
        #expect(
            PermissionDenied(request, identity: Impersonation(user: "jane"), message: "").description.contains(expected)
        )
    }
}
