"""OpenStack Swift with its S3 interface, whole, in one process, for tests.

Usage: swift-server.py DIR PORT BUCKET

All servers of a cluster (proxy, account, container, object) listen on loopback and keep one copy of everything below
DIR. The key is "test:tester", its secret "test". A request `POST /_test/older?key=K&seconds=N` to PORT makes an object
believe that it was written N seconds ago.
"""

import os
import signal
import sys
from urllib.parse import parse_qs

import eventlet

eventlet.monkey_patch()

from eventlet import wsgi  # noqa: E402
from swift.common import utils  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402

# Servers started in the background by a shell would ignore it.
signal.signal(signal.SIGINT, lambda *_: os._exit(0))

directory, port, bucket = sys.argv[1], int(sys.argv[2]), sys.argv[3]
account = 'AUTH_test'

with open(os.path.join(directory, 'swift.conf'), 'w') as conf:
    conf.write('[swift-hash]\nswift_hash_path_suffix = test\n')
utils.set_swift_dir(directory)

from swift.account.server import AccountController  # noqa: E402
from swift.common.wsgi import loadapp  # noqa: E402
from swift.container.server import ContainerController  # noqa: E402
from swift.obj.diskfile import read_metadata, write_metadata  # noqa: E402
from swift.obj.server import ObjectController  # noqa: E402

devices = os.path.join(directory, 'devices')
os.makedirs(os.path.join(devices, 'disk', 'tmp'))
settings = {
    'devices': devices,
    'swift_dir': directory,
    'mount_check': 'false',
    'disable_fallocate': 'true',
    'fallocate_reserve': '0',
    'log_level': 'ERROR',
}


def serve(kind, controller):
    """One storage server on a free port, and the ring that says where it is."""
    socket = eventlet.listen(('127.0.0.1', 0))
    builder = RingBuilder(4, 1, 1)
    device = {'id': 0, 'region': 1, 'zone': 0, 'ip': '127.0.0.1', 'port': socket.getsockname()[1], 'device': 'disk'}
    builder.add_dev({**device, 'weight': 1.0, 'replication_ip': device['ip'], 'replication_port': device['port']})
    builder.rebalance()
    builder.get_ring().save(os.path.join(directory, kind + '.ring.gz'))
    eventlet.spawn(wsgi.server, socket, controller(settings), log=quiet, log_output=False)


quiet = open(os.devnull, 'w')
serve('account', AccountController)
serve('container', ContainerController)
serve('object', ObjectController)

with open(os.path.join(directory, 'proxy-server.conf'), 'w') as conf:
    conf.write('''
[DEFAULT]
swift_dir = %s
log_level = ERROR
[pipeline:main]
pipeline = catch_errors gatekeeper listing_formats bulk s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
dns_compliant_bucket_names = false
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = test .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
''' % directory)

proxy = loadapp(os.path.join(directory, 'proxy-server.conf'))


def make_older(query):
    """Moves the time in the file's name and in its metadata, as if the clock had been behind at the time."""
    name = utils.hash_path(account, bucket, query['key'][0])
    for folder, _, files in os.walk(os.path.join(devices, 'disk', 'objects')):
        if os.path.basename(folder) != name:
            continue
        for file in files:
            path = os.path.join(folder, file)
            older = utils.Timestamp(float(utils.Timestamp(file[:-len('.data')])) - float(query['seconds'][0]))
            with open(path, 'rb+') as data:
                write_metadata(data, {**read_metadata(data), 'X-Timestamp': older.internal})
            os.rename(path, os.path.join(folder, older.internal + '.data'))


class Cache(dict):
    """What memcached would keep between requests; only this process asks."""

    def __bool__(self):
        return True  # it is there, also while it is empty

    def get(self, key, **_):
        return super().get(key)

    def set(self, key, value, **_):
        self[key] = value

    def delete(self, key, **_):
        self.pop(key, None)


cache = Cache()


def front(env, start_response):
    if env['PATH_INFO'] == '/_test/older':
        make_older(parse_qs(env['QUERY_STRING']))
        start_response('204 No Content', [])
        return [b'']
    env['swift.cache'] = cache
    return proxy(env, start_response)


wsgi.server(eventlet.listen(('127.0.0.1', port)), front, log=quiet, log_output=False, keepalive=True)
