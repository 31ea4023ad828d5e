import FakeKubeAPI
import KubeClient
import ToolKit
import Writes

func context(_ api: FakeAPI) -> ToolContext {
    ToolContext(
        api: ReadOnlyAPI(api.impersonating(worker)), mapper: RESTMapper(api: api), namespace: "shop",
        redactor: Redactor(key: Array("a key for tests only".utf8)))
}
